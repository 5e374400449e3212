/** What may be in flight at once. */
export interface Capacity {
  readonly places: number;
  readonly bytes: number;
}

/** Lets pictures in, first come first served, as long as places and bytes last. */
export interface Admission {
  /** @returns a function that gives the place and the bytes back. A picture that is larger than everything gets in alone. */
  enter(bytes: number): Promise<() => void>;
}

interface Waiting {
  readonly bytes: number;
  readonly admit: () => void;
}

export function createAdmission(capacity: Capacity): Admission {
  const queue: Waiting[] = [];
  let places = capacity.places;
  let bytes = capacity.bytes;

  const letIn = (): void => {
    for (let first = queue[0]; first !== undefined && places > 0 && first.bytes <= bytes; first = queue[0]) {
      queue.shift();
      places -= 1;
      bytes -= first.bytes;
      first.admit();
    }
  };
  const leave = (given: number): void => {
    places += 1;
    bytes += given;
    letIn();
  };
  return {
    enter: (wanted) =>
      new Promise((resolve) => {
        const taken = Math.min(wanted, capacity.bytes);
        queue.push({ bytes: taken, admit: () => resolve(() => leave(taken)) });
        letIn();
      }),
  };
}
