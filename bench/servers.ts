/** The servers that are compared, started the same way. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Child } from './child.ts'

export const kinds = ['posthouse', 'bun', 'node'] as const
export type Kind = (typeof kinds)[number]

const programs = { posthouse: 'posthouse.ts', bun: 'bare-bun.ts', node: 'node-ws.mjs' } as const
const folders: string[] = []

export interface Server {
  readonly child: Child
  readonly port: number
}

/** Resolves when it listens. The port is Posthouse's, who alone is started twice. */
export async function start(kind: Kind, folder = newFolder(), onPort = 0): Promise<Server> {
  const child = new Child(programs[kind], folder, String(onPort))
  const { port } = (await child.started) as { port: number }
  return { child, port }
}

/** A folder for data, gone when the benchmark ends. */
export function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'posthouse-bench-'))
  folders.push(folder)
  return folder
}

export function removeFolders(): void {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true })
}
