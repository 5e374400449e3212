/** Standard deviation of a thumbnail, in grey levels, below which a picture may be blank. */
const FLAT_DEVIATION = 0.5;
/** Spread of the levels of a band up to which a picture is one flat colour. A boat on calm water spreads further. */
const FLAT_SPREAD = 3;

/** @returns the largest standard deviation of a band, in grey levels. */
export function largestDeviation(samples: Uint8Array, bands: number): number {
  let largest = 0;
  for (let band = 0; band < bands; band += 1) {
    let [sum, squares, count] = [0, 0, 0];
    for (let at = band; at < samples.length; at += bands) {
      const value = samples[at] ?? 0;
      sum += value;
      squares += value * value;
      count += 1;
    }
    largest = Math.max(largest, Math.sqrt(Math.max(0, squares / count - (sum / count) ** 2)));
  }
  return largest;
}

function largestSpread(samples: Uint8Array, bands: number): number {
  let largest = 0;
  for (let band = 0; band < bands; band += 1) {
    let [low, high] = [255, 0];
    for (let at = band; at < samples.length; at += bands) {
      const value = samples[at] ?? 0;
      if (value < low) low = value;
      if (value > high) high = value;
    }
    largest = Math.max(largest, high - low);
  }
  return largest;
}

/** @returns whether a picture shows nothing: its thumbnail is flat, and so are the pixels that it was made of. */
export function isBlank(thumbnail: Uint8Array, pixels: Uint8Array, bands: number): boolean {
  return largestDeviation(thumbnail, bands) < FLAT_DEVIATION && largestSpread(pixels, bands) <= FLAT_SPREAD;
}
