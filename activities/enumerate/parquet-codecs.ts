import type { Compressors } from 'hyparquet';
import { compressors } from 'hyparquet-compressors';
import { UnfitFile } from './unfit-file.ts';

/** What unpacks the pages of a Parquet file. */

type Unpack = NonNullable<Compressors[keyof Compressors]>;

/** The library takes a page without bytes, of a column without values, for a broken one in LZ4. */
function unpacking(codec: string, unpack: Unpack): Unpack {
  return (bytes, length) => {
    if (length === 0) return new Uint8Array(0);
    try {
      return unpack(bytes, length);
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      const todo = 'Copy the report again; where that is not it, have it written in SNAPPY, or as CSV.';
      throw new UnfitFile(`a page of it in ${codec} cannot be unpacked (${why}). ${todo}`, { cause: error });
    }
  };
}

export const PARQUET_CODECS: Compressors = Object.fromEntries(
  Object.entries(compressors).map(([codec, unpack]) => [codec, unpacking(codec, unpack)]),
);
