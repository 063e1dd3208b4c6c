// How much larger than at 1080 lines everything is, for what CSS does not reach: charts and map.

import { useEffect, useState } from 'react';

const REM_AT_1080 = 16;

const read = (): number =>
  Number.parseFloat(getComputedStyle(document.documentElement).fontSize) / REM_AT_1080;

export function useScale(): number {
  const [scale, setScale] = useState(read);
  useEffect(() => {
    const update = () => setScale(read());
    addEventListener('resize', update);
    update();
    return () => removeEventListener('resize', update);
  }, []);
  return scale;
}
