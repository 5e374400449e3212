import type { Asset, Assets } from '../domain/asset-choice.ts';
import { parseMoment } from '../domain/calendar.ts';
import type { CatalogFacts } from '../domain/tile.ts';
import { isJsonObject, ownField, type JsonObject } from './json-object.ts';
import { readJson, shown } from './mistake.ts';

/** Documents of STAC 1.0 and 1.1, as far as they lead to tiles. */

/** A STAC Item. */
export interface StacItem {
  readonly id: string;
  readonly assets: Assets;
  /** What it says itself; null where it does not, or where that is no box, moment or length. */
  readonly says: CatalogFacts;
}

/** What stands where an Item should, and is none. */
export interface NoItem {
  /** Its own where it has one, else its place. */
  readonly id: string;
  readonly problem: string;
}

/** A link to another document. */
export interface StacLink {
  readonly rel: 'child' | 'item';
  readonly href: string;
}

export interface StacDocument {
  readonly items: readonly (StacItem | NoItem)[];
  readonly links: readonly StacLink[];
}

const EXPECTED = 'expected a STAC Item, ItemCollection, Catalog or Collection';

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}

function gsdOf(value: unknown): number | null {
  return typeof value === 'number' && Number.isFinite(value) && value > 0 ? value : null;
}

/** Of six numbers the third and sixth are heights. */
function bboxOf(value: unknown): CatalogFacts['bbox'] {
  const numbers = listOf(value);
  const [w, s, e, n] = numbers.length === 6 ? [0, 1, 3, 4].map((at) => numbers[at]) : numbers;
  const isBox = numbers.length === 4 || numbers.length === 6;
  const isNumber = (side: unknown): side is number => typeof side === 'number' && Number.isFinite(side);
  const isWithin = (lon: number, lat: number): boolean => Math.abs(lon) <= 180 && Math.abs(lat) <= 90;
  if (!isBox || !isNumber(w) || !isNumber(s) || !isNumber(e) || !isNumber(n)) return null;
  return isWithin(w, s) && isWithin(e, n) && s <= n ? [w, s, e, n] : null;
}

function momentOf(value: unknown): number | null {
  return typeof value === 'string' ? parseMoment(value.toUpperCase()) : null;
}

/** Where an Item has no one moment it has the first and the last. */
function datetimeOf(properties: unknown): string | null {
  const at = momentOf(ownField(properties, 'datetime')) ?? momentOf(ownField(properties, 'start_datetime'));
  return at === null ? null : new Date(at).toISOString();
}

function assetsOf(item: JsonObject): Assets {
  const assets = ownField(item, 'assets');
  const all = Object.entries(isJsonObject(assets) ? assets : {});
  return new Map(
    all.flatMap(([name, asset]): [string, Asset][] => {
      const href = textOf(ownField(asset, 'href'));
      const roles = listOf(ownField(asset, 'roles')).filter((role) => typeof role === 'string');
      const type = textOf(ownField(asset, 'type'));
      return href === null ? [] : [[name, { href, type, roles, gsd_m: gsdOf(ownField(asset, 'gsd')) }]];
    }),
  );
}

/** @param place how it is called where it has no id. */
function itemOf(feature: unknown, place: string): StacItem | NoItem {
  if (!isJsonObject(feature)) return { id: place, problem: `${shown(feature)}; expected a STAC Item` };
  const id = textOf(ownField(feature, 'id')) ?? place;
  const type = ownField(feature, 'type');
  if (type !== 'Feature') return { id, problem: `its type is ${shown(type)}; expected "Feature"` };
  if (!isJsonObject(ownField(feature, 'assets'))) return { id, problem: 'it has no assets, so it is no STAC Item' };
  const properties = ownField(feature, 'properties');
  const says = {
    bbox: bboxOf(ownField(feature, 'bbox')),
    datetime: datetimeOf(properties),
    gsd_m: gsdOf(ownField(properties, 'gsd')),
  };
  return { id, assets: assetsOf(feature), says };
}

function allLinks(document: JsonObject): readonly { readonly rel: string | null; readonly href: string | null }[] {
  const links = listOf(ownField(document, 'links'));
  return links.map((link) => ({ rel: textOf(ownField(link, 'rel')), href: textOf(ownField(link, 'href')) }));
}

function collectionOf(document: JsonObject): StacDocument | string {
  if (allLinks(document).some(({ rel }) => rel === 'next'))
    return 'it is one page of an answer of a STAC API (it has a link "next"); save all pages as one ItemCollection, without that link';
  const features = ownField(document, 'features');
  if (!Array.isArray(features)) return 'the FeatureCollection has no features';
  return { items: features.map((feature, at) => itemOf(feature, `features[${at}]`)), links: [] };
}

function catalogOf(document: JsonObject): StacDocument | string {
  const links = allLinks(document).flatMap(({ rel, href }): StacLink[] =>
    (rel === 'child' || rel === 'item') && href !== null ? [{ rel, href }] : [],
  );
  const isApi = allLinks(document).some(({ rel }) => rel === 'items' || rel === 'search');
  if (links.length === 0 && isApi)
    return 'it is the answer of a STAC API, whose items are not in S3; save them as an ItemCollection';
  return { items: [], links };
}

function oneItem(document: JsonObject): StacDocument {
  return { items: [itemOf(document, 'without id')], links: [] };
}

const KINDS: Readonly<Record<string, (document: JsonObject) => StacDocument | string>> = {
  Feature: oneItem,
  FeatureCollection: collectionOf,
  Catalog: catalogOf,
  Collection: catalogOf,
};

/** @returns what a document holds and leads to, or what is wrong with it. */
export function parseStac(text: string): StacDocument | string {
  const { value, mistakes } = readJson(text);
  if (mistakes[0] !== undefined) return `it is ${mistakes[0].problem}; ${EXPECTED}`;
  if (!isJsonObject(value)) return `it is ${shown(value)}; ${EXPECTED}`;
  // Catalogs older than STAC 1.0 have no type.
  const type = ownField(value, 'type') ?? (typeof ownField(value, 'stac_version') === 'string' ? 'Catalog' : undefined);
  const read = typeof type === 'string' && Object.hasOwn(KINDS, type) ? KINDS[type] : undefined;
  return read === undefined ? `its type is ${shown(type)}; ${EXPECTED}` : read(value);
}
