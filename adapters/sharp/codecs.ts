import sharp from 'sharp';

/**
 * sharp, allowed to read four formats and nothing else, whatever a file's name is: SVG would read text as commands, and
 * less used loaders have had less scrutiny. One libvips thread a picture: pictures run side by side instead.
 */
sharp.block({ operation: ['VipsForeignLoad'] });
sharp.unblock({
  operation: ['VipsForeignLoadJpeg', 'VipsForeignLoadPng', 'VipsForeignLoadTiff', 'VipsForeignLoadWebp'],
});
sharp.cache(false);
sharp.concurrency(1);

export { sharp };
