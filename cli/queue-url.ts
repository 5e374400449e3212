import { InvalidArgumentError } from 'commander';

/** @throws InvalidArgumentError where it is no URL of a queue. */
export function queueUrl(text: string): string {
  if (/^https?:\/\/[^/\s]+\/\S+$/u.test(text) && URL.canParse(text)) return text;
  throw new InvalidArgumentError(
    'Expected the URL of a queue, such as https://sqs.eu-central-1.amazonaws.com/123456789012/tiles.',
  );
}
