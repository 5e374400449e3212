import { chooseAsset } from '../../domain/asset-choice.ts';
import { catalogOf, firstSaid } from '../../domain/catalog.ts';
import { Failure } from '../../domain/failure.ts';
import { s3Uri, type S3Location } from '../../domain/layout.ts';
import { noObject, resolveHref } from '../../domain/s3-href.ts';
import { shownAddress, shownName } from '../../domain/shown-address.ts';
import { quantity } from '../../domain/quantity.ts';
import type { CatalogFacts, Tile } from '../../domain/tile.ts';
import { KIB } from '../../domain/units.ts';
import type { StacItem } from '../../schema/stac.ts';
import { askedTiles, namedTile } from './asked-tiles.ts';
import type { Candidate, Source } from './candidate.ts';
import { keyFilter } from './key-filter.ts';
import { wrongLocation } from './key-line.ts';
import type { NamingObject } from './key-list-source.ts';
import { sortedTiles } from './named-tiles.ts';
import { changedMeanwhile } from './pinned-object.ts';
import { StacDocuments, type ReadDocument } from './stac-documents.ts';

const MOST_BAD_ITEMS = 20;
/** Of what is told of them: a history takes 16 KiB. */
const MOST_BAD_BYTES = 10 * KIB;

/** A picture, and what its Item says of it. */
interface StacTile extends S3Location {
  readonly catalog?: CatalogFacts;
}

/** Of a whole catalog, and to be refused together. */
class BadItems {
  readonly #at: S3Location;
  readonly #bad: string[] = [];
  #bytes = 0;

  constructor(at: S3Location) {
    this.#at = at;
  }

  /** @throws Failure at the 20th, or where more would be too much to tell. */
  add(problem: string): void {
    this.#bytes += Buffer.byteLength(problem);
    if (this.#bad.push(problem) === MOST_BAD_ITEMS || this.#bytes >= MOST_BAD_BYTES) this.refuse(true);
  }

  /** @throws Failure where there is any. */
  refuse(perhapsMore = false): void {
    if (this.#bad.length === 0) return;
    const many = perhapsMore ? `The first ${quantity(this.#bad.length, 'Item')}` : 'Items';
    const lines = this.#bad.map((line) => `  ${line}`).join('\n');
    throw new Failure(
      'InvalidSpec',
      `${many} of ${s3Uri(this.#at)} without a picture that can be read; name the asset in input.asset, or correct them:\n${lines}`,
    );
  }
}

function described<At extends S3Location>(at: At, catalog: CatalogFacts | undefined): At & { readonly catalog?: CatalogFacts } {
  return catalog === undefined ? at : { ...at, catalog };
}

function tileOf(item: StacItem, at: S3Location, wanted: string | undefined): StacTile | string {
  const asset = chooseAsset(item.assets, wanted);
  if (typeof asset === 'string') return asset;
  const picture = resolveHref(asset.href, at);
  if (picture === null) return `${shownAddress(asset.href)} ${noObject(asset.href, at, 'a relative href')}`;
  const wrong = wrongLocation(picture);
  if (wrong !== null) return wrong;
  const catalog = catalogOf({ ...item.says, gsd_m: asset.gsd_m ?? item.says.gsd_m });
  return described(picture, catalog);
}

/** Several Items may name one picture. */
function joined(first: StacTile, second: StacTile): StacTile {
  return described(first, firstSaid(first.catalog, second.catalog));
}

function* tilesOf({ items, at }: ReadDocument, wanted: string | undefined, bad: BadItems): Generator<StacTile> {
  for (const item of items) {
    const tile = 'problem' in item ? item.problem : tileOf(item, at, wanted);
    if (typeof tile !== 'string') yield tile;
    else bad.add(`${shownName(item.id)} (${s3Uri(at)}): ${tile}`);
  }
}

/** The pictures of all Items that a STAC document holds or leads to, sorted, each asked for once. Globs see the whole key. */
export function stacSource({ store, input, at, pulse, keep, ...list }: NamingObject): Source {
  const wanted = keyFilter(input);
  const judge = ({ key }: Tile): 'excluded' | null => (wanted(key) ? null : 'excluded');
  let { etag } = list;

  async function* read(): AsyncGenerator<StacTile> {
    const documents = new StacDocuments({ store, at, pulse });
    const bad = new BadItems(at);
    for await (const document of documents.all()) yield* tilesOf(document, input.asset, bad);
    bad.refuse();
    const found = documents.etag();
    if (etag !== null && etag !== found) throw changedMeanwhile(at);
    etag = found;
  }

  async function* after(cut: S3Location | null): AsyncGenerator<Candidate> {
    const tile = ({ catalog, ...place }: StacTile): Tile => described(namedTile(place), catalog);
    yield* sortedTiles({ entries: read(), tileOf: tile, joined, judge, pulse, keep }, cut);
  }
  return { after, asked: askedTiles(store, pulse), etag: () => etag };
}
