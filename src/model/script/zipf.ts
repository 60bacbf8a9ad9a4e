/**
 * Places of a zipf distribution: the k-th most likely one has a share of 1 / k^skew. By rejection (W. Hörmann and G. Derflinger,
 * "Rejection-inversion to generate variates from monotone discrete distributions", 1996), so nothing is kept for each place.
 * Which place is the k-th is mixed up, so that hot places are not neighbours.
 */
export class Zipf {
  private readonly h0: number;
  private readonly hn: number;
  private readonly s: number;

  constructor(
    private readonly places: number,
    private readonly skew: number,
  ) {
    this.h0 = this.h(1.5) - 1;
    this.hn = this.h(places + 0.5);
    this.s = 2 - this.hInverse(this.h(2.5) - 2 ** -skew);
  }

  /** A place from 0 on. `random`: 0 to 1. */
  next(random: () => number): number {
    if (this.skew === 0 || this.places === 1)
      return Math.min(this.places - 1, Math.floor(random() * this.places));
    for (;;) {
      const u = this.hn + random() * (this.h0 - this.hn);
      const x = this.hInverse(u);
      const k = Math.min(Math.max(Math.round(x), 1), this.places);
      if (k - x <= this.s || u >= this.h(k + 0.5) - k ** -this.skew) return this.mixed(k - 1);
    }
  }

  /** A fixed permutation: a multiplication by something that shares no factor with the number of places. */
  private mixed(rank: number): number {
    let factor = 40503;
    while (gcd(factor, this.places) !== 1) factor += 2;
    return (rank * factor) % this.places;
  }

  private h(x: number): number {
    return this.skew === 1 ? Math.log(x) : (x ** (1 - this.skew) - 1) / (1 - this.skew);
  }

  private hInverse(x: number): number {
    return this.skew === 1 ? Math.exp(x) : (1 + x * (1 - this.skew)) ** (1 / (1 - this.skew));
  }
}

function gcd(a: number, b: number): number {
  while (b !== 0) [a, b] = [b, a % b];
  return a;
}
