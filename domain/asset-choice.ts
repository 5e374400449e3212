import { shownName } from './shown-address.ts';

/** An asset of a STAC Item, as far as it matters which one is the picture. */
export interface Asset {
  readonly href: string;
  /** Media type; null where the catalog does not say. */
  readonly type: string | null;
  readonly roles: readonly string[];
  /** Of this asset, where it differs from its Item's. */
  readonly gsd_m: number | null;
}

export type Assets = ReadonlyMap<string, Asset>;

/** What preparation can read (imagery.md). */
const PICTURES = /^image\/(?:tiff|vnd\.stac\.geotiff|jpeg|png|webp)(?:\s*;|$)/iu;
const MOST_NAMED = 12;
const LONGEST_NAME = 40;

function namesOf(assets: Assets): string {
  const names = Array.from(assets.keys(), (name) => shownName(name, LONGEST_NAME));
  if (names.length === 0) return 'it has no asset with a href';
  return `it has ${names.slice(0, MOST_NAMED).join(', ')}${names.length > MOST_NAMED ? ', …' : ''}`;
}

function picturesOf(assets: Assets, role: string): string[] {
  return [...assets].flatMap(([name, { type, roles }]) =>
    type !== null && PICTURES.test(type) && roles.includes(role) ? [name] : [],
  );
}

function onlyOne(assets: Assets): Asset | string {
  const [first, ...more] = picturesOf(assets, 'data');
  const only = first === undefined ? undefined : assets.get(first);
  if (only === undefined)
    return `no asset visual, and none with the role data and the type of a TIFF, JPEG, PNG or WebP; ${namesOf(assets)}`;
  return more.length === 0 ? only : `no asset visual, and ${more.length + 1} pictures with the role data; ${namesOf(assets)}`;
}

/**
 * @param wanted the name of an asset, where the spec says which.
 * @returns the picture of an Item: the asset that is wanted, else `visual`, else the only picture with the role `data`;
 *   or why there is none.
 */
export function chooseAsset(assets: Assets, wanted: string | undefined): Asset | string {
  if (wanted !== undefined)
    return assets.get(wanted) ?? `no asset ${JSON.stringify(shownName(wanted))} with a href; ${namesOf(assets)}`;
  return assets.get('visual') ?? onlyOne(assets);
}
