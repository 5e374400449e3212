/** Brightness from which a sample may be part of an object, and how far it must stand out from the mean. */
const BRIGHT_FROM = 150;
const ABOVE_MEAN = 40;
/** A patch larger than this share of the scene is ground, not an object. */
const LARGEST_SHARE = 0.25;

/**
 * @param levels brightness 0-255, row by row
 * @returns how many patches of bright samples, joined at their sides, stand out from the scene.
 */
export function countObjects(levels: readonly number[], width: number): number {
  const mean = levels.reduce((sum, level) => sum + level, 0) / Math.max(1, levels.length);
  const open = new Set<number>();
  levels.forEach((level, n) => {
    if (level >= Math.max(BRIGHT_FROM, mean + ABOVE_MEAN)) open.add(n);
  });
  let objects = 0;
  for (const first of open) if (takePatch(open, first, width) <= levels.length * LARGEST_SHARE) objects += 1;
  return objects;
}

/** Takes everything joined to `first` out of `open`. @returns how many samples that were. */
function takePatch(open: Set<number>, first: number, width: number): number {
  const edge = [first];
  let size = 0;
  open.delete(first);
  for (let sample = edge.pop(); sample !== undefined; sample = edge.pop()) {
    size += 1;
    for (const next of sides(sample, width)) if (open.delete(next)) edge.push(next);
  }
  return size;
}

function sides(sample: number, width: number): readonly number[] {
  const left = sample % width > 0 ? [sample - 1] : [];
  const right = sample % width < width - 1 ? [sample + 1] : [];
  return [...left, ...right, sample - width, sample + width];
}
