import type { DatabaseSync, SQLOutputValue, StatementSync } from 'node:sqlite';

/** A database with its statements, each of which is prepared once. Everything throws what SQLite says. */
export class Statements {
  readonly #database: DatabaseSync;
  readonly #statements = new Map<string, StatementSync>();

  constructor(database: DatabaseSync) {
    this.#database = database;
  }

  exec(sql: string): void {
    this.#database.exec(sql);
  }

  close(): void {
    this.#database.close();
  }

  /** One that changes something is the writer's from its beginning, so that it waits there and never fails in the middle. */
  transaction<T>(task: () => T, begin: 'BEGIN' | 'BEGIN IMMEDIATE' = 'BEGIN IMMEDIATE'): T {
    this.#database.exec(begin);
    try {
      const result = task();
      this.#database.exec('COMMIT');
      return result;
    } catch (error) {
      if (this.#database.isTransaction) this.#database.exec('ROLLBACK');
      throw error;
    }
  }

  all(sql: string, ...values: readonly (string | number)[]): Record<string, SQLOutputValue>[] {
    return this.#statement(sql).all(...values);
  }

  /** The first column of the first row. */
  number(sql: string, ...values: readonly (string | number)[]): number | undefined {
    const row = this.#statement(sql).get(...values);
    return row && numberIn(Object.values(row)[0]);
  }

  /** How many rows it changed. */
  run(sql: string, ...values: readonly (string | number | null | Uint8Array)[]): number {
    return Number(this.#statement(sql).run(...values).changes);
  }

  #statement(sql: string): StatementSync {
    const known = this.#statements.get(sql) ?? this.#database.prepare(sql);
    this.#statements.set(sql, known);
    return known;
  }
}

/** The value if it is a number. */
export function numberIn(value: SQLOutputValue | undefined): number | undefined {
  return typeof value === 'number' ? value : undefined;
}
