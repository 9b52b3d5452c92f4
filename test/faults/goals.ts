import { type Subject, SUBJECTS } from './catalog.ts';

/** The state that the last command or edit requested for a program. */
export type Goal = 'up' | 'stopped' | 'disabled' | 'removed';

/** What commands and edits have requested. A command that was interrupted may or may not have taken effect. */
export class Goals {
  readonly #settled = new Map<string, Goal>(SUBJECTS.map(({ id }) => [id, 'up']));
  readonly #open = new Map<string, readonly Goal[]>();
  /** Programs that were disabled by command before their definition was removed: the registry remembers that. */
  readonly #disabledBefore = new Set<string>();
  /** How many commands that restart all programs are running, and how many were begun. */
  readonly #restarts = { running: 0, begun: 0 };

  /** The programs that are defined. */
  get defined(): readonly Subject[] {
    return SUBJECTS.filter(({ id }) => this.of(id) !== 'removed');
  }

  get removed(): readonly Subject[] {
    return SUBJECTS.filter(({ id }) => this.of(id) === 'removed');
  }

  /** The programs of which several goals are possible. */
  get openIds(): readonly string[] {
    return [...this.#open.keys()];
  }

  of(id: string): Goal {
    return this.#settled.get(id) ?? 'removed';
  }

  possible(id: string): readonly Goal[] {
    return this.#open.get(id) ?? [this.of(id)];
  }

  /** Records that the goal of the program is one of these. Several goals stay open until the next check. */
  expectOneOf(id: string, goals: readonly Goal[]): void {
    const different = [...new Set(goals)];
    const [only] = different;
    if (only !== undefined && different.length === 1) {
      this.#settled.set(id, only);
      this.#open.delete(id);
      return;
    }
    this.#open.set(id, different);
    // Whether it is defined in the files must not depend on a goal that is no longer possible.
    if (only !== undefined && !different.includes(this.of(id))) this.#settled.set(id, only);
  }

  /** Records that the goal may also be this one. */
  allow(id: string, goal: Goal): void {
    this.expectOneOf(id, [...this.possible(id), goal]);
  }

  remove(id: string): void {
    if (this.possible(id).includes('disabled')) this.#disabledBefore.add(id);
    this.expectOneOf(id, ['removed']);
  }

  define(id: string): void {
    this.expectOneOf(id, this.#disabledBefore.delete(id) ? ['up', 'disabled'] : ['up']);
  }

  /** Performs a restart of all programs. It also restarts one that an operator stops before its turn. */
  async restartAll(perform: () => Promise<void>): Promise<void> {
    this.#restarts.begun += 1;
    this.#restarts.running += 1;
    await perform();
    this.#restarts.running -= 1;
  }

  /** Returns a function that returns whether all programs have been restarted since, at least partly. */
  noteRestartsOfAll(): () => boolean {
    const { running, begun } = this.#restarts;
    return () => running > 0 || this.#restarts.begun > begun;
  }

  /** After a shutdown, the next engine starts programs that an operator had stopped. */
  stoppedAreUp(): void {
    for (const { id } of SUBJECTS)
      this.expectOneOf(
        id,
        this.possible(id).map((goal) => (goal === 'stopped' ? 'up' : goal)),
      );
  }

  /** The state file, in which a program may be disabled that the registry does not disable, may be lost. */
  stateLost(isStored: (id: string) => boolean): void {
    this.stoppedMayBeUp();
    for (const { id } of SUBJECTS) if (this.possible(id).includes('disabled') && !isStored(id)) this.allow(id, 'up');
  }

  /** The record that an operator stopped a program may be lost, or a shutdown may have been completed. */
  stoppedMayBeUp(): void {
    for (const { id } of SUBJECTS) if (this.possible(id).includes('stopped')) this.allow(id, 'up');
  }
}
