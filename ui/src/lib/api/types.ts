import type { components } from './schema';

type Schemas = components['schemas'];
type Of<Name extends keyof Schemas> = Schemas[Name];

export type Prompt = Of<'Prompt'>;
export type Version = Of<'Version'>;
export type NewPrompt = Of<'NewPrompt'>;
export type NewVersion = Of<'NewVersion'>;
export type Variable = Of<'Variable'>;
export type Message = Of<'Message'>;
export type Environment = Of<'Environment'>;
export type Deployment = Of<'Deployment'>;
export type DeploymentStep = Of<'DeploymentStep'>;
export type DeploymentEvent = Of<'DeploymentEvent'>;
export type Deploy = Of<'Deploy'>;
export type Freeze = Of<'Freeze'>;
export type HistoryEntry = Of<'HistoryEntry'>;
export type AuditEntry = Of<'AuditEntry'>;
export type Key = Of<'Key'>;
export type NewKey = Of<'NewKey'>;
export type CreatedKey = Of<'CreatedKey'>;
export type Webhook = Of<'Webhook'>;
export type WebhookSecret = Of<'WebhookSecret'>;
export type Delivery = Of<'Delivery'>;
export type Comparison = Of<'Comparison'>;
export type Hunk = Of<'Hunk'>;
export type Line = Of<'Line'>;
export type MessageDiff = Of<'MessageDiff'>;
export type Difference = Of<'Difference'>;
export type ContractChange = Of<'ContractChange'>;
export type RenderOutput = Of<'RenderOutput'>;
export type Includer = Of<'Includer'>;
export type Label = Of<'Label'>;
export type Sample = Of<'Sample'>;
export type Use = Of<'Use'>;
export type Facets = Of<'Facets'>;
export type Server = Of<'Server'>;
export type Readiness = Of<'Readiness'>;

/** One part of a chat: a message, or a place for messages given at run time. */
export type Part = { role: string; content: string } | { placeholder: string };
export type Content = string | readonly Part[];
