// Frames whose meaning is known: from the public tests of traccar (Jt808ProtocolDecoderTest, commit
// 9e5c458a) and the README of SmallChi/JT808, and others put together by hand for Dazhou.

export type FrameVector = {
  readonly name: string;
  readonly hex: string;
  /** What an independent decoder found, for the locations among them. */
  readonly locations?: readonly {
    readonly lng: number;
    readonly lat: number;
    readonly at: string;
    readonly speedKmh?: number;
  }[];
};

export const FRAME_VECTORS: readonly FrameVector[] = [
  {
    name: 'traccar-1-wrong-length-and-checksum',
    hex: '7E02000032013511221122000700000000000C000301578CC006CA3A5C00470000000014072317201501040000000030011631010BD07E',
    locations: [{ lng: 113.916508, lat: 22.51488, at: '2014-07-23 17:20:15', speedKmh: 0 }],
  },
  {
    name: 'traccar-2-south-with-garbage-tail',
    hex: '7e0200002e202000129707001c0000000000001c0601a2f0a8091f0bf00000000000ed201103031733000000000000000000780000000018000000267e',
    locations: [{ lng: 153.029616, lat: -27.455656, at: '2020-11-03 03:17:33' }],
  },
  {
    name: 'traccar-3-south-west',
    hex: '7e020000220014012499170007000000000000400e012af16f02cbd2ba000000000000150101194257010400000077a97e',
    locations: [{ lng: -46.912186, lat: -19.591535, at: '2015-01-01 19:42:57' }],
  },
  {
    name: 'traccar-4-batch-2019',
    hex: '7e0704402d0100000866496077582164881d0001000028000000000000000701a00192091f2a4700160000000226050916422701040000258230010031010e507e',
    locations: [{ lng: 153.037383, lat: -27.263378, at: '2026-05-09 16:42:27' }],
  },
  {
    name: 'traccar-7-authentication',
    hex: '7E0102000E013511221122000661757468656E7469636174696F6E3F7E',
  },
  { name: 'traccar-7-heartbeat', hex: '7e0002000004304832546500b7ca7e' },
  {
    name: 'smallchi-8-escapes',
    hex: '7E02000026123456789012007D02000000010000000200BA7F0E07E4F11C0028003C00001810151010100104000000640202007D01137E',
    locations: [{ lng: 132.444444, lat: 12.222222, at: '2018-10-15 10:10:10', speedKmh: 6 }],
  },
  {
    name: 'dazhou-a-location',
    hex: '7e02000028013800000001000100000000000c000301dc3a10066851e00136000c005a2509260830000104000003e830011931010c9d7e',
    locations: [{ lng: 107.5, lat: 31.21, at: '2025-09-26 08:30:00', speedKmh: 1.2 }],
  },
  {
    name: 'dazhou-b-location-2019-escapes',
    hex: '7e0200402201000000000138000000017d017d02000000800000000301dc58d8066859d801310000000025092608313030011931010c4c7e',
    locations: [{ lng: 107.50204, lat: 31.21788, at: '2025-09-26 08:31:30' }],
  },
  { name: 'dazhou-c-platform-answer', hex: '7e8001000501380000000100020001020000bd7e' },
  {
    name: 'dazhou-d-registration-answer',
    hex: '7e810000090138000000010003000500415554483031bf7e',
  },
  {
    name: 'dazhou-e-authentication-2019',
    hex: '7e0102402a010000000001380000000100040641555448303138363030303030303030303030303156312e302e300000000000000000000000000000037e',
  },
  { name: 'dazhou-f-heartbeat', hex: '7e0002000001380000000100063c7e' },
  {
    name: 'dazhou-g-batch-blind-zone',
    hex: '7e0704003f0138000000010007000201001c000000000000000301dc3a10066851e0013600000000250926080000001c001000000000000301de5cf0066bad4001360258002d250926081500a97e',
    locations: [
      { lng: 107.5, lat: 31.21, at: '2025-09-26 08:00:00', speedKmh: 0 },
      { lng: 107.72, lat: 31.35, at: '2025-09-26 08:15:00', speedKmh: 60 },
    ],
  },
];
