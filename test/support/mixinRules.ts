/** Rules of kubernetes-mixin (`alerts/storage_alerts.libsonnet`, its defaults), without the selectors of a job. */
const exclusions = [
  'unless on (namespace, persistentvolumeclaim) kube_persistentvolumeclaim_access_mode{access_mode="ReadOnlyMany"} == 1',
  'unless on (namespace, persistentvolumeclaim) kube_persistentvolumeclaim_labels{label_excluded_from_alerts="true"} == 1',
].join('\n');

const names = {
  bytes: ['available_bytes', 'capacity_bytes', 'used_bytes'],
  inodes: ['inodes_free', 'inodes', 'inodes_used'],
} as const;

function conditionOf(of: keyof typeof names, level: 'warning' | 'critical'): string {
  const [free = '', total = '', used = ''] = names[of].map((name) => `kubelet_volume_stats_${name}`);
  const predicted = level === 'warning' ? `and predict_linear(${free}[6h], 4 * 24 * 3600) < 0` : '';
  return `(${free} / ${total}) < ${level === 'warning' ? 0.15 : 0.03}\nand ${used} > 0\n${predicted}\n${exclusions}`;
}

/** A rule file. An alert is called as our rules call it, `bytes critical`, without the blank. */
export const mixinRuleFile = {
  groups: [
    {
      name: 'kubernetes-storage',
      rules: (['bytes', 'inodes'] as const).flatMap((of) =>
        (['critical', 'warning'] as const).map((level) => ({
          alert: `${of}_${level}`,
          expr: conditionOf(of, level),
          for: level === 'warning' ? '1h' : '1m',
        })),
      ),
    },
  ],
};
