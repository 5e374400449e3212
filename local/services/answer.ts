import { rollOf } from './chance.ts';
import type { Surface } from './colours.ts';
import type { Pixels } from './pixels.ts';

/** What was asked, and of what; `pixels` is null where no picture came. */
export interface Asked {
  readonly answers: 'caption' | 'vqa';
  readonly prompt: string;
  readonly pixels: Pixels | null;
  /** Of the bytes that arrived, hex; null without a picture. */
  readonly sha256: string | null;
  readonly maxTokens: number;
  /** Decides between wordings; the same number for the same bytes and prompt at temperature 0. */
  readonly chance: number;
}

/** @returns a roll for the wording: by the question alone at temperature 0, else by the job as well. */
export function wordingChance(question: string, temperature: number, job: number): number {
  return temperature > 0 ? rollOf('wording', question, job) : rollOf('wording', question);
}

/** @returns a text about the real pixels, labelled a simulation, cut after `maxTokens` words as the real one cuts. */
export function answerText(asked: Asked): string {
  const { pixels, sha256 } = asked;
  if (pixels === null || sha256 === null) return cut('There is no picture to look at (simulated).', asked.maxTokens);
  const said = asked.answers === 'caption' ? caption(pixels, asked.chance) : reply(pixels, asked.prompt);
  return cut(`${said} (simulated; ${pixels.width}x${pixels.height}; sha256 ${sha256.slice(0, 8)})`, asked.maxTokens);
}

/** The real one counts tokens; words are near enough. Nothing in the reply tells that it was cut. */
function cut(text: string, maxTokens: number): string {
  const words = text.split(' ');
  return words.length <= maxTokens ? text : words.slice(0, maxTokens).join(' ');
}

const NAMES: Readonly<Record<Surface, string>> = {
  vegetation: 'vegetation',
  water: 'water',
  bare: 'bare ground',
  bright: 'bright surfaces',
  built: 'built-up or paved ground',
};

function bySize(pixels: Pixels): readonly (readonly [string, number])[] {
  const shares = Object.entries(pixels.shares) as [Surface, number][];
  return shares.toSorted((a, b) => b[1] - a[1]).map(([surface, share]) => [NAMES[surface], share]);
}

const percent = (share: number): string => `${Math.round(share * 100)} %`;

const OPENINGS = [
  (main: string, share: string): string => `The scene shows mostly ${main} (${share} of the picture).`,
  (main: string, share: string): string => `This satellite image is dominated by ${main}, about ${share} of it.`,
  (main: string, share: string): string => `Seen from above, ${main} covers ${share} of the tile.`,
] as const;

function caption(pixels: Pixels, chance: number): string {
  const [first, second] = bySize(pixels);
  const opening = OPENINGS[Math.floor(chance * OPENINGS.length)] ?? OPENINGS[0];
  const sentences = [
    first === undefined || first[1] === 0 ? 'The scene shows no surface that stands out.' : opening(first[0], percent(first[1])),
    second === undefined || second[1] < 0.02 ? null : `There is also ${second[0]} (${percent(second[1])}).`,
    `The prevailing colours are ${pixels.colours.join(', ')}.`,
    pixels.brightObjects === 0 ? null : `${counted(pixels.brightObjects, 'bright object')} can be made out.`,
    pixels.brighterHalf === 'neither' ? null : `The ${pixels.brighterHalf} half is the brighter.`,
    pixels.black < 0.01 ? null : `${percent(pixels.black)} of the picture is black.`,
  ];
  return sentences.filter((sentence) => sentence !== null).join(' ');
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

/** First row that fits the question wins. */
const REPLIES: readonly (readonly [RegExp, (pixels: Pixels, prompt: string) => string])[] = [
  [/how many|\bcount\b|number of/iu, (pixels) => String(pixels.brightObjects)],
  [/\bcolou?rs?\b/iu, (pixels) => (pixels.colours[0] ?? 'black').replace(/^./u, (letter) => letter.toUpperCase())],
  [/which half|brighter/iu, (pixels) => (pixels.brighterHalf === 'neither' ? 'Neither half' : `The ${pixels.brighterHalf} half`)],
  [/^\s*(?:is|are|does|do|can|has|have|was|were|could)\b/iu, (pixels, prompt) => (isThere(pixels, prompt) ? 'Yes' : 'No')],
];

function reply(pixels: Pixels, prompt: string): string {
  const row = REPLIES.find(([asks]) => asks.test(prompt));
  return row === undefined ? mainCover(pixels) : row[1](pixels, prompt);
}

function mainCover(pixels: Pixels): string {
  const [first] = bySize(pixels);
  return first === undefined || first[1] === 0
    ? 'Nothing that stands out'
    : first[0].replace(/^./u, (letter) => letter.toUpperCase());
}

/** What a yes or no question may be about. */
const SUBJECTS: readonly (readonly [RegExp, (pixels: Pixels) => boolean])[] = [
  [/water|river|lake|sea|ocean|harbou?r|coast/iu, (pixels) => pixels.shares.water >= 0.05],
  [/vegetation|forest|trees?\b|green|crops?|fields?\b|grass|farm/iu, (pixels) => pixels.shares.vegetation >= 0.05],
  [/bare|soil|sand|desert/iu, (pixels) => pixels.shares.bare >= 0.05],
  [/cloud|snow|ice\b|bright/iu, (pixels) => pixels.shares.bright >= 0.05],
  [/built|urban|city|road|pav/iu, (pixels) => pixels.shares.built >= 0.05],
  [/black|missing|no ?data|empty/iu, (pixels) => pixels.black >= 0.05],
  [/ships?|boats?|vessels?|buildings?|vehicles?|aircraft|planes?|objects?/iu, (pixels) => pixels.brightObjects > 0],
];

function isThere(pixels: Pixels, prompt: string): boolean {
  return SUBJECTS.find(([about]) => about.test(prompt))?.[1](pixels) ?? false;
}
