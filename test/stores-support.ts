/** What the tests of stores share: a clock that stands until told, a folder that goes away, and waiting for what comes. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { StoreError } from '../src/core/store.ts'
import type { Clock } from '../src/core/clock.ts'
import type { Draft } from '../src/core/publication.ts'
import type { Retention } from '../src/core/store.ts'

export class ManualClock implements Clock {
  #now: number
  #tasks: { readonly at: number; readonly task: () => void }[] = []

  constructor(now = Date.UTC(2030, 0, 1)) {
    this.#now = now
  }

  now(): number {
    return this.#now
  }

  monotonic(): number {
    return this.#now
  }

  after(ms: number, task: () => void): () => void {
    const entry = { at: this.#now + ms, task }
    this.#tasks.push(entry)
    return () => {
      this.#tasks = this.#tasks.filter((other) => other !== entry)
    }
  }

  /** What falls due meanwhile runs. A negative step is somebody setting the clock back. */
  advance(ms: number): void {
    this.#now += ms
    const due = this.#tasks.filter(({ at }) => at <= this.#now)
    this.#tasks = this.#tasks.filter(({ at }) => at > this.#now)
    for (const { task } of due) task()
  }
}

export const forever: Retention = { size: Infinity, age: Infinity, metaAge: Infinity }
export const last = (size: number): Retention => ({ ...forever, size })
export const text = (value: unknown): Draft => ({ data: JSON.stringify(value) })

export function temporaryFolder(): { readonly path: string; [Symbol.dispose](): void } {
  const path = mkdtempSync(join(tmpdir(), 'posthouse-test-'))
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) }
}

/** Waits for what another thread or process brings about; fails after ten seconds. */
export async function until(condition: () => boolean | Promise<boolean>, what = 'the condition'): Promise<void> {
  for (let tries = 0; tries < 1000; tries++) {
    if (await condition()) return
    await Bun.sleep(10)
  }
  throw new Error(`Waited in vain for ${what}`)
}

/** The error that a promise rejects with, or that a call throws. */
export async function refusal(task: Promise<unknown> | (() => unknown)): Promise<StoreError> {
  try {
    await (typeof task === 'function' ? task() : task)
  } catch (error) {
    if (error instanceof StoreError) return error
    throw error
  }
  throw new Error('Nothing was refused')
}

/** Random numbers that a seed repeats (mulberry32). */
export function randomFrom(seed: number): (below: number) => number {
  let state = seed
  return (below) => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * below)
  }
}
