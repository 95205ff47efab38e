/** The ways; the first is the product's. */
export const ways = [
  'watch cache, protobuf',
  'WatchList, protobuf',
  'pages of 500, protobuf',
  'pages of 500, JSON',
] as const;
export type Way = (typeof ways)[number];

export interface WayCost {
  readonly way: Way;
  readonly claims: number;
  readonly ms: number;
  readonly cpuMs: number;
  readonly longestBlockMs: number;
}
