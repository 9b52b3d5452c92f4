import type { PeerView } from '../../protocol/peer-view.ts';

/** What is known about the peer engine. The peer link writes it, `status` shows it. */
export interface PeerReport {
  /** Null while no peer is watched. */
  view: PeerView | null;
}
