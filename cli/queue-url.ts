import { InvalidArgumentError } from 'commander';

const QUEUE_URL = /^https?:\/\/[^/\s@]+\/[^\s?#]+$/u;

/** @throws InvalidArgumentError where it is no URL of a queue. It is shown and logged: a secret has no place in it. */
export function queueUrl(text: string): string {
  if (QUEUE_URL.test(text) && URL.canParse(text)) return text;
  throw new InvalidArgumentError(
    'Expected the URL of a queue, such as https://sqs.eu-central-1.amazonaws.com/123456789012/tiles, without user name, password and query.',
  );
}
