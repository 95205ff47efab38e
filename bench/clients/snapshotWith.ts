import type { StorageSnapshot } from '../../src/domain/snapshot.ts';
import type { Session } from '../../src/session/session.ts';

/** The first snapshot with which something holds. */
export async function snapshotWith(
  session: Session,
  holds: (snapshot: StorageSnapshot) => boolean,
): Promise<StorageSnapshot> {
  return await new Promise((resolve) => {
    const subscription = session.snapshot.subscribe((snapshot) => {
      if (!holds(snapshot)) return;
      subscription.dispose();
      resolve(snapshot);
    });
  });
}
