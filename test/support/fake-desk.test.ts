import { leaseDeskContract } from '../contracts/lease-desk.ts';
import { FakeDesk } from './fake-desk.ts';

const clock = { now: () => Date.now(), monotonicMs: () => 0, roll: () => 0, sleep: () => Promise.resolve() };

leaseDeskContract('the fake desk', () => Promise.resolve({ desk: new FakeDesk(clock), close: () => Promise.resolve() }));
