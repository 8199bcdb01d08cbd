// The engine as components see it: the snapshot, the levels, and a way to ask.
import { createContext, type ReactNode, useContext, useEffect, useMemo, useSyncExternalStore } from 'react';
import type { Backend } from '../backend/Backend.ts';
import type { Problem } from '../backend/types/Problem.ts';
import type { Reply } from '../backend/types/Reply.ts';
import type { Request } from '../backend/types/Request.ts';
import type { Snapshot } from '../backend/types/Snapshot.ts';
import { reconcile } from './reconcile.ts';

type Kind = Reply['kind'];
type Answer<K extends Kind> = Extract<Reply, { kind: K }>;

export interface Levels {
  own: number;
  others: ReadonlyMap<string, number>;
}

const SILENCE: Levels = { own: 0, others: new Map() };

/** Follows one backend. */
export class EngineStore {
  readonly backend: Backend;
  readonly #listeners = new Set<() => void>();
  #snapshot: Snapshot | null = null;
  #levels: Levels = SILENCE;
  #devicesVersion = 0;
  #lost = false;

  constructor(backend: Backend) {
    this.backend = backend;
  }

  /** Begins to listen and asks for the whole state. */
  start(): () => void {
    const stop = this.backend.subscribe((update) => {
      if (update.kind === 'snapshot') this.#snapshot = reconcile(this.#snapshot, update.snapshot);
      else if (update.kind === 'levels') this.#levels = { own: update.own, others: new Map(update.others) };
      else this.#devicesVersion += 1;
      this.#tell();
    });
    void this.request({ kind: 'snapshot' }).then((reply) => {
      if (reply?.kind === 'snapshot') {
        this.#snapshot = reconcile(this.#snapshot, reply.snapshot);
        this.#tell();
      }
    });
    return stop;
  }

  /** Asks the engine; `null` when it is gone, which the window then says. */
  async request(request: Request): Promise<Reply | null> {
    try {
      return await this.backend.request(request);
    } catch {
      this.#lost = true;
      this.#tell();
      return null;
    }
  }

  /** Asks for an answer of one kind; anything else is the problem, or `null` when the engine is gone. */
  async ask<K extends Kind>(
    request: Request,
    kind: K,
  ): Promise<Answer<K> | { kind: 'problem'; problem: Problem } | null> {
    const reply = await this.request(request);
    if (reply === null) return null;
    if (reply.kind === kind) return reply as Answer<K>;
    if (reply.kind === 'refused') return { kind: 'problem', problem: reply.problem };
    const chain = `${request.kind} was answered by ${reply.kind}`;
    return { kind: 'problem', problem: { code: 'RZ-INTERNAL', values: {}, chain } };
  }

  #tell() {
    for (const listener of this.#listeners) listener();
  }

  readonly subscribe = (listener: () => void) => {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  };
  readonly snapshot = () => this.#snapshot;
  readonly levels = () => this.#levels;
  readonly devicesVersion = () => this.#devicesVersion;
  readonly lost = () => this.#lost;
}

const EngineContext = createContext<EngineStore | null>(null);

export function EngineProvider({ backend, children }: { backend: Backend; children: ReactNode }) {
  const store = useMemo(() => new EngineStore(backend), [backend]);
  useEffect(() => store.start(), [store]);
  return <EngineContext value={store}>{children}</EngineContext>;
}

export function useEngine(): EngineStore {
  const store = useContext(EngineContext);
  if (!store) throw new Error('used outside EngineProvider');
  return store;
}

export function useSnapshot(): Snapshot | null {
  const store = useEngine();
  return useSyncExternalStore(store.subscribe, store.snapshot);
}

export function useLevels(): Levels {
  const store = useEngine();
  return useSyncExternalStore(store.subscribe, store.levels);
}

/** Grows whenever devices came or went. */
export function useDevicesVersion(): number {
  const store = useEngine();
  return useSyncExternalStore(store.subscribe, store.devicesVersion);
}

export function useEngineLost(): boolean {
  const store = useEngine();
  return useSyncExternalStore(store.subscribe, store.lost);
}
