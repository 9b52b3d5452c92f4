import type { Libc } from '../../../base/libc.ts';
import type { ProcessIdentity } from '../../../base/process-identity.ts';
import type { RunRef } from '../../../protocol/run.ts';
import type { FollowCommand } from '../files/messages.ts';
import { HeldSockets } from './held-sockets.ts';
import { type Notice, Notices } from './notices.ts';
import type { Poller } from './poller.ts';
import { ReadyPipes } from './ready-pipes.ts';

interface RunSignalsParts {
  readonly libc: Libc;
  readonly poller: Poller;
  /** Returns the run whose main process has this pid. */
  readonly runOf: (pid: number) => RunRef | null;
  readonly onNotice: (notice: Notice) => void;
  readonly onProblem: (message: string) => void;
}

/** What runs say besides their output, and the sockets that outlive engines. Costs nothing as long as no run uses it. */
export class RunSignals {
  readonly #sockets: HeldSockets;
  readonly #notices: Notices;
  readonly #readyPipes: ReadyPipes;

  constructor({ libc, poller, runOf, onNotice, onProblem }: RunSignalsParts) {
    this.#notices = new Notices({ runOf, onNotice });
    this.#sockets = new HeldSockets({ libc, poller, onNotice: (message) => this.#notices.receive(message) });
    this.#readyPipes = new ReadyPipes({
      ...{ poller, onProblem },
      onReady: (run, pid) => this.#notices.becameReady(run, pid),
    });
  }

  /** Whether clients of listening sockets wait for the next engine. */
  get hasListening(): boolean {
    return this.#sockets.hasListening;
  }

  /** Whether sockets of an engine are held for its successor. */
  get hasEndpoints(): boolean {
    return this.#sockets.hasEndpoints;
  }

  /** Closes the sockets of an engine that has no successor. */
  closeEndpoints(): void {
    this.#sockets.closeEndpoints();
  }

  /** Accepts sockets of engines at this path. @throws SystemCallError */
  open(path: string): void {
    this.#sockets.open(path);
  }

  follow(command: FollowCommand, engine: ProcessIdentity | null): void {
    this.#readyPipes.follow(command, engine);
  }

  /** Handles an event of a descriptor that belongs to nothing else. */
  notice(fd: number): void {
    if (!this.#sockets.notice(fd)) this.#readyPipes.notice(fd);
  }

  /** Repeats what runs last stated for an engine that has just attached. */
  repeat(): void {
    this.#notices.repeat();
  }

  release(run: RunRef): void {
    this.#notices.forget(run);
    this.#readyPipes.release(run);
  }

  close(path: string): void {
    this.#sockets.close(path);
  }
}
