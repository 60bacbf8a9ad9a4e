import { Oops } from '../oops';

/** What a task does next, as one step that no other task can see half done. */
export interface Next {
  /** The kernel function it happens in. */
  readonly call: string;
  /** The step can be taken only while this holds. */
  readonly when?: () => boolean;
}

/** State that several tasks share. A scenario's world extends it. */
export class World {
  /** Rules broken so far, in order. */
  readonly broken: string[] = [];
  /** What the tasks got for their trouble, such as "pwrite: -ERANGE". */
  readonly results: string[] = [];
  private said = '';

  /** Says what the step that is being taken did. */
  say(note: string): void {
    this.said = note;
  }

  /** Names a rule that the step broke. */
  breaks(rule: string): void {
    this.broken.push(rule);
  }

  takeNote(): string {
    const note = this.said;
    this.said = '';
    return note;
  }

  /** A task died: whatever ends with it (a read side, a lock) ends here. */
  died(_task: number): void {
    // Most worlds hold nothing for a task.
  }
}

/** `yield` names the next step; what follows it, up to the next `yield`, is the step. */
export type Body = Generator<Next, void, void>;

export interface Task<W extends World> {
  readonly name: string;
  readonly body: (world: W) => Body;
}

/** Tasks over a world that is made anew for every run: the same schedule gives the same run. */
export interface Program<W extends World> {
  readonly create: () => W;
  readonly tasks: readonly Task<W>[];
}

export interface Step {
  readonly task: number;
  readonly call: string;
  readonly note: string;
  /** True where the task died of it. */
  readonly oops: boolean;
  /** Rules this very step broke. */
  readonly broke: readonly string[];
  /** The tasks that could have moved, this one included. */
  readonly choices: readonly number[];
}

/** One run of a program, step by step. */
export class Run<W extends World> {
  readonly world: W;
  readonly steps: Step[] = [];
  private readonly bodies: Body[];
  /** What each task does next; `undefined` once it has ended. */
  private readonly next: (Next | undefined)[];

  constructor(private readonly program: Program<W>) {
    this.world = program.create();
    this.bodies = program.tasks.map((task) => task.body(this.world));
    this.next = this.bodies.map((body) => upcoming(body.next()));
  }

  /** Tasks that can take a step now. */
  choices(): number[] {
    return this.next.flatMap((next, task) => (next && (next.when?.() ?? true) ? [task] : []));
  }

  /** Tasks that have not ended. With no choices left, they wait for ever. */
  unfinished(): string[] {
    return this.program.tasks.filter((_, task) => this.next[task]).map((task) => task.name);
  }

  /** Lets a task take one step. Throws RangeError when it cannot. */
  advance(task: number): Step {
    const choices = this.choices();
    const next = this.next[task];
    if (!next || !choices.includes(task)) throw new RangeError(`task ${task} cannot take a step`);
    const before = this.world.broken.length;
    const died = this.take(task);
    const step = {
      task,
      call: died?.where ?? next.call,
      note: died?.message ?? this.world.takeNote(),
      oops: died !== undefined,
      broke: this.world.broken.slice(before),
      choices,
    };
    this.steps.push(step);
    return step;
  }

  private take(task: number): Oops | undefined {
    try {
      this.next[task] = upcoming(this.bodies[task]!.next());
      return undefined;
    } catch (error) {
      if (!(error instanceof Oops)) throw error;
      this.next[task] = undefined;
      this.world.died(task);
      return error;
    }
  }
}

function upcoming(result: IteratorResult<Next, void>): Next | undefined {
  return result.done ? undefined : result.value;
}
