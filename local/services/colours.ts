/** Levels from 0 to 255. */
export type Rgb = readonly [red: number, green: number, blue: number];

/** What a sample looks like from above. What is none of these is counted nowhere. */
export const SURFACES = ['vegetation', 'water', 'bare', 'bright', 'built'] as const;
export type Surface = (typeof SURFACES)[number];

/** First row that fits wins. */
const LOOKS: readonly (readonly [Surface, (rgb: Rgb) => boolean])[] = [
  ['bright', ([red, green, blue]) => Math.min(red, green, blue) > 190],
  ['vegetation', ([red, green, blue]) => green > 40 && green > red * 1.08 && green > blue * 1.08],
  ['water', ([red, green, blue]) => blue > 24 && blue > red * 1.15 && blue > green * 0.95],
  ['bare', ([red, green, blue]) => red > 70 && red > green && green > blue && red - blue > 24],
  [
    'built',
    ([red, green, blue]) => Math.min(red, green, blue) > 70 && Math.max(red, green, blue) - Math.min(red, green, blue) < 32,
  ],
];

/** @returns what this colour looks like, or null for nothing in particular, such as black. */
export function surfaceOf(rgb: Rgb): Surface | null {
  return LOOKS.find(([, looks]) => looks(rgb))?.[0] ?? null;
}

const COLOURS: Readonly<Record<string, Rgb>> = {
  black: [0, 0, 0],
  'dark grey': [64, 64, 64],
  grey: [128, 128, 128],
  'light grey': [190, 190, 190],
  white: [250, 250, 250],
  red: [200, 40, 40],
  brown: [120, 80, 45],
  'light brown': [165, 125, 85],
  tan: [205, 175, 130],
  yellow: [220, 210, 60],
  'dark green': [35, 75, 35],
  green: [60, 150, 60],
  'light green': [150, 210, 120],
  teal: [40, 120, 120],
  'dark blue': [15, 35, 85],
  blue: [45, 85, 190],
  'light blue': [140, 190, 230],
  purple: [120, 60, 150],
};

const NAMED = Object.entries(COLOURS);

/** Colours are told apart by their upper five bits: near enough to name them, and few enough to remember. */
const remembered = new Map<number, string>();

/** @returns the nearest colour that has a name here. */
export function colourName([red, green, blue]: Rgb): string {
  const key = ((red >> 3) << 10) | ((green >> 3) << 5) | (blue >> 3);
  const known = remembered.get(key) ?? nearestName([middle(red), middle(green), middle(blue)]);
  remembered.set(key, known);
  return known;
}

/** The middle of the 8 levels that share their upper five bits. */
function middle(level: number): number {
  return (level & ~7) | 4;
}

function nearestName([red, green, blue]: Rgb): string {
  let nearest = 'black';
  let least = Infinity;
  for (const [name, [r, g, b]] of NAMED) {
    const distance = (red - r) ** 2 + (green - g) ** 2 + (blue - b) ** 2;
    if (distance < least) [nearest, least] = [name, distance];
  }
  return nearest;
}
