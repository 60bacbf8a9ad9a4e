/** A piece of a message, as it stands there, and what it says. */
export interface Fact {
  readonly says: string;
  readonly means: string;
}

/** What is known about one message. Sentences in plain text; no markup. */
export interface Told {
  /** The kind of message in a few words. */
  readonly title: string;
  /** The kernel function that prints it, and its file. */
  readonly printedBy: string;
  readonly meaning: string;
  /** The numbers in it, and what follows from them. */
  readonly numbers: readonly Fact[];
  /** The most likely first. */
  readonly causes: readonly string[];
  readonly tries: readonly string[];
  /** Where each of these facts can be looked up. */
  readonly sources: readonly string[];
  /** What of it rests on a reconstruction, if anything. */
  readonly reconstructed?: string;
}

/** A message found in a log. Equal messages are one explanation. */
export interface Explanation extends Told {
  readonly kind: string;
  /** The message without time stamp and log level, cut if it is very long. */
  readonly message: string;
  /** The lines it stands on, from 1; at most the first `MOST_LINES` of `count`. */
  readonly lines: readonly number[];
  readonly count: number;
}

export type Groups = Readonly<Record<string, string | undefined>>;

/** One kind of message: how to find it, and what to say about it. */
export interface Kind {
  readonly id: string;
  /** How it looks, for the list of what is recognised. */
  readonly looks: string;
  /** Tried on single lines without time stamp. Every repetition in it is bounded. */
  readonly pattern: RegExp;
  /** `undefined` when the lines after it show that it is something else. */
  tell(groups: Groups, after: readonly string[], line: string): Told | undefined;
}
