import { describe, expect, it } from 'vitest';
import { grouped, quantity } from '../../domain/quantity.ts';

describe('a quantity', () => {
  it('is one of something, or many', () => {
    expect([0, 1, 2].map((count) => quantity(count, 'GPU'))).toEqual(['0 GPUs', '1 GPU', '2 GPUs']);
  });

  it('has its thousands apart where it is asked for', () => {
    expect(grouped(1_234_567)).toBe('1,234,567');
    expect(quantity(12_345, 'record', grouped)).toBe('12,345 records');
    expect(quantity(12_345, 'record')).toBe('12345 records');
  });
});
