import { describe, expect, it } from 'vitest';
import { s3Uri } from '../../domain/layout.ts';
import { resolveHref } from '../../domain/s3-href.ts';

const FROM = { bucket: 'images', key: 'stac/2026/item 1/item.json' };
const resolved = (href: string): string | null => {
  const at = resolveHref(href, FROM);
  return at === null ? null : s3Uri(at);
};

describe('an href of a catalog in S3', () => {
  it.each([
    ['a.tif', 's3://images/stac/2026/item 1/a.tif'],
    ['./a.tif', 's3://images/stac/2026/item 1/a.tif'],
    ['../b c%20.tif', 's3://images/stac/2026/b c%20.tif'],
    ['../../../d.tif', 's3://images/d.tif'],
    ['/e/f.tif', 's3://images/e/f.tif'],
    ['x/./y/../z.tif', 's3://images/stac/2026/item 1/x/z.tif'],
    ['s3://other/g h%20.tif', 's3://other/g h%20.tif'],
    ['https://other.s3.eu-west-1.amazonaws.com/a/b%20c.tif', 's3://other/a/b c.tif'],
    ['https://dotted.name.s3.amazonaws.com/a.tif', 's3://dotted.name/a.tif'],
    ['https://other.s3.dualstack.us-gov-west-1.amazonaws.com/a.tif', 's3://other/a.tif'],
    ['https://other.s3-us-west-2.amazonaws.com/a.tif', 's3://other/a.tif'],
    ['https://s3.cn-north-1.amazonaws.com.cn/other/a+b.tif', 's3://other/a+b.tif'],
    ['https://s3.amazonaws.com/other/a/b.tif', 's3://other/a/b.tif'],
  ])('%s is %s', (href, uri) => {
    expect(resolved(href)).toBe(uri);
  });

  it('is relative to the bucket where the document lies at its top', () => {
    expect(resolveHref('./tiles/a.tif', { bucket: 'images', key: 'catalog.json' })).toEqual({
      bucket: 'images',
      key: 'tiles/a.tif',
    });
  });

  it.each([
    '../../../../a.tif',
    '',
    's3://other',
    'https://example.org/a.tif',
    'https://s3.amazonaws.com/other',
    'https://other.s3.amazonaws.com/a.tif?X-Amz-Signature=1',
    'https://other.s3.amazonaws.com.example.org/a.tif',
    'https://other.s3.amazonaws.com/%zz.tif',
    'http://other.s3.amazonaws.com/a.tif',
    '//other.s3.amazonaws.com/a.tif',
    'file:///etc/passwd',
    'data:image/png;base64,AAAA',
  ])('%j is of no object in S3', (href) => {
    expect(resolved(href)).toBeNull();
  });
});
