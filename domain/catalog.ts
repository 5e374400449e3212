import { mayKnowFootprint } from './place.ts';
import type { CatalogFacts, SourceFacts } from './tile.ts';

const NOTHING_SAID: CatalogFacts = { bbox: null, datetime: null, gsd_m: null };

/**
 * What a record says of a tile that a catalog describes. Where it is and how fine, the picture itself knows best; when
 * it was seen, the catalog: a TIFF's own date is that of its writing.
 */
export function withCatalog<Facts extends CatalogFacts>(facts: Facts, catalog: CatalogFacts | undefined): Facts {
  if (catalog === undefined) return facts;
  return {
    ...facts,
    bbox: facts.bbox ?? catalog.bbox,
    gsd_m: facts.gsd_m ?? catalog.gsd_m,
    datetime: catalog.datetime ?? facts.datetime,
  };
}

/** @returns what of a record is the picture's own as far as it can tell: it does not say whose its facts are. */
function ownFacts({ format, width, ...facts }: SourceFacts): CatalogFacts {
  const isPlaced = mayKnowFootprint(facts);
  const isDated = format === 'tiff' || (format === null && width !== null);
  return {
    bbox: isPlaced ? facts.bbox : null,
    gsd_m: isPlaced && width !== null ? facts.gsd_m : null,
    datetime: isDated ? facts.datetime : null,
  };
}

/**
 * @param catalog what the catalog says now; undefined where it says nothing.
 * @returns a record of an earlier run as it would be made now: what an Item said then does not count any more.
 */
export function withCatalogAnew<Facts extends SourceFacts>(record: Facts, catalog: CatalogFacts | undefined): Facts {
  return withCatalog({ ...record, ...ownFacts(record) }, catalog ?? NOTHING_SAID);
}

/** @returns the facts where there is any, for a line of the manifest. */
export function catalogOf({ bbox, datetime, gsd_m }: Pick<SourceFacts, keyof CatalogFacts>): CatalogFacts | undefined {
  return bbox === null && datetime === null && gsd_m === null ? undefined : { bbox, datetime, gsd_m };
}

/** @returns each fact as the first says it, or as the second does where the first does not. */
export function firstSaid(first: CatalogFacts | undefined, second: CatalogFacts | undefined): CatalogFacts | undefined {
  if (first === undefined || second === undefined) return first ?? second;
  return {
    bbox: first.bbox ?? second.bbox,
    datetime: first.datetime ?? second.datetime,
    gsd_m: first.gsd_m ?? second.gsd_m,
  };
}
