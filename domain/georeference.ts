/** Pixel corner (column, row) to coordinates: x = a·column + b·row + c, y = d·column + e·row + f. */
export type Affine = readonly [a: number, b: number, c: number, d: number, e: number, f: number];

/** The tags of a TIFF that say where it is, as they stand in the file. */
export interface GeoTags {
  /** 33550 ModelPixelScale. */
  readonly scale: readonly number[] | null;
  /** 33922 ModelTiepoint. */
  readonly tiepoints: readonly number[] | null;
  /** 34264 ModelTransformation. */
  readonly matrix: readonly number[] | null;
  /** 34735 GeoKeyDirectory. */
  readonly keys: readonly number[] | null;
}

export interface Georeference {
  readonly epsg: number | null;
  /** Null where there are ground control points only. */
  readonly affine: Affine | null;
}

const RASTER_TYPE_KEY = 1025;
const GEOGRAPHIC_KEY = 2048;
const PROJECTED_KEY = 3072;
const PIXEL_IS_POINT = 2;
/** Codes from here on mean undefined or defined by the user (OGC GeoTIFF 1.1, section 7.4.1). */
const USER_DEFINED = 32_767;

/** Keys with a value of their own (location 0), by id. */
function shortKeys(directory: readonly number[]): Map<number, number> {
  const found = new Map<number, number>();
  for (let at = 4; at + 3 < directory.length; at += 4) {
    const [id, location, , value] = directory.slice(at, at + 4);
    if (id !== undefined && location === 0 && value !== undefined) found.set(id, value);
  }
  return found;
}

function epsgOf(keys: ReadonlyMap<number, number>): number | null {
  const code = keys.get(PROJECTED_KEY) ?? keys.get(GEOGRAPHIC_KEY);
  return code === undefined || !Number.isSafeInteger(code) || code <= 0 || code === USER_DEFINED ? null : code;
}

function affineOf({ scale, tiepoints, matrix }: GeoTags): Affine | null {
  if (matrix !== null && matrix.length >= 8) {
    const [a = 0, b = 0, , c = 0, d = 0, e = 0, , f = 0] = matrix;
    return [a, b, c, d, e, f];
  }
  if (scale === null || scale.length < 2 || tiepoints === null || tiepoints.length < 6) return null;
  const [scaleX = 0, scaleY = 0] = scale;
  const [column = 0, row = 0, , x = 0, y = 0] = tiepoints;
  return [scaleX, 0, x - column * scaleX, 0, -scaleY, y + row * scaleY];
}

/** PixelIsPoint ties the middle of a pixel, not its corner. */
function fromCentre([a, b, c, d, e, f]: Affine): Affine {
  return [a, b, c - (a + b) / 2, d, e, f - (d + e) / 2];
}

/** @returns where a GeoTIFF says that it is; nothing is thrown for tags that make no sense. */
export function georeferenceOf(tags: GeoTags): Georeference {
  const keys = shortKeys(tags.keys ?? []);
  const affine = affineOf(tags);
  const usable = affine !== null && affine.every(Number.isFinite) && affine[0] * affine[4] !== affine[1] * affine[3];
  const centred = keys.get(RASTER_TYPE_KEY) === PIXEL_IS_POINT;
  return { epsg: epsgOf(keys), affine: !usable ? null : centred ? fromCentre(affine) : affine };
}
