/** One object at one etag: a line of `manifest/`. Fields are null where S3 did not say (a key that could not be read). */
export interface Tile {
  readonly bucket: string;
  /** Byte-exact. */
  readonly key: string;
  /** Without quotes. */
  readonly etag: string | null;
  readonly size: number | null;
  readonly last_modified: string | null;
  readonly version_id: string | null;
  /** What the STAC catalog that names the tile says of it; absent from every other input. */
  readonly catalog?: CatalogFacts;
}

/** Names and types are those of the record (contract section 4); null where unknown. */
export interface SourceFacts {
  readonly source_sha256: string | null;
  readonly source_bytes: number | null;
  readonly width: number | null;
  readonly height: number | null;
  readonly bands: number | null;
  readonly dtype: string | null;
  readonly format: string | null;
  readonly tile_z: number | null;
  readonly tile_x: number | null;
  readonly tile_y: number | null;
  readonly crs: string | null;
  /** Longitude and latitude: west, south, east, north; west > east across the antimeridian (RFC 7946). */
  readonly bbox: readonly [number, number, number, number] | null;
  readonly gsd_m: number | null;
  /** ISO 8601. */
  readonly datetime: string | null;
}

/** Of these facts a STAC Item may know more than the picture. */
export type CatalogFacts = Pick<SourceFacts, 'bbox' | 'datetime' | 'gsd_m'>;

/** What was sent to the service, or would have been. */
export interface SentFacts {
  readonly sent_width: number | null;
  readonly sent_height: number | null;
  readonly sent_mime: string | null;
  readonly sent_bytes: number | null;
  /** Of exactly the bytes the service got. */
  readonly sent_sha256: string | null;
  readonly bands_used: readonly number[] | null;
  /** Which stretch made 8 bits of the samples: `none`, `percentile` or `scale`, with its limits per band. */
  readonly stretch: string | null;
  readonly valid_fraction: number | null;
  readonly image_tokens_estimate: number | null;
}

/** Everything preparation found out about a tile. */
export interface TileFacts extends SourceFacts, SentFacts {
  readonly warnings: readonly string[];
}

export const NO_FACTS: TileFacts = {
  source_sha256: null,
  source_bytes: null,
  width: null,
  height: null,
  bands: null,
  dtype: null,
  format: null,
  tile_z: null,
  tile_x: null,
  tile_y: null,
  crs: null,
  bbox: null,
  gsd_m: null,
  datetime: null,
  sent_width: null,
  sent_height: null,
  sent_mime: null,
  sent_bytes: null,
  sent_sha256: null,
  bands_used: null,
  stretch: null,
  valid_fraction: null,
  image_tokens_estimate: null,
  warnings: [],
};

/**
 * Changes whenever preparation would send other bytes for the same tile; part of every record id.
 */
export const PREP_VERSION = 'p1';

/** Keys that are never tiles (imagery.md): what stands beside a picture, and archives. */
const SIDECARS = ['.aux.xml', '.tfw', '.json', '.xml', '.ovr', '.gz', '.txt'] as const;

export type Ignored = 'zero_bytes' | 'folder' | 'sidecar' | 'excluded' | 'duplicate';
export const IGNORED_NONE: Readonly<Record<Ignored, number>> = {
  zero_bytes: 0,
  folder: 0,
  sidecar: 0,
  excluded: 0,
  duplicate: 0,
};

/** @returns why a listed object is not a tile, or null where it may be one. Filters come after this. */
export function ignoredByName(key: string, size: number): Ignored | null {
  if (key.endsWith('/')) return 'folder';
  const name = key.toLowerCase();
  if (SIDECARS.some((ending) => name.endsWith(ending))) return 'sidecar';
  return size === 0 ? 'zero_bytes' : null;
}
