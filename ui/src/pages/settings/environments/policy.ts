/** What may happen in an environment, in words. */
export const ROLLBACK = [
  { value: 'allowed', label: 'Allowed', more: 'Making an older version live goes back to it, in one step.' },
  { value: 'fix_forward', label: 'Only forward', more: 'An older version cannot be made live. “Revert” saves its content as a new version, and that goes live.' },
] as const;

export type Rollback = (typeof ROLLBACK)[number]['value'];

export const said = (rollback: string): string => ROLLBACK.find((one) => one.value === rollback)?.label ?? rollback;

/** Where a new one may stand: 1 is farthest from users. The default is just before production. */
export function places(environments: readonly { name: string; position: number; production: boolean }[]): { value: string; label: string; usual: boolean }[] {
  const production = environments.findIndex((one) => one.production);
  return Array.from({ length: environments.length + 1 }, (_, i) => {
    const [before, after] = [environments[i - 1]?.name, environments[i]?.name];
    const label = before && after ? `Between ${before} and ${after}` : after ? `First, before ${after}` : before ? `Last, after ${before}` : 'First';
    return { value: String(i + 1), label, usual: i === (production < 0 ? environments.length : production) };
  });
}
