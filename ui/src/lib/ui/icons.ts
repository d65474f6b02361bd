/** Every icon that is used. After a change: `npm run icons`. */
export const icons = [
  'activity', 'archive', 'archive-restore', 'arrow-down', 'arrow-left-right', 'arrow-right', 'arrow-up', 'ban', 'box', 'chart-line', 'check',
  'chevron-down', 'chevron-right', 'chevrons-up-down', 'circle', 'circle-check', 'clock-alert', 'cog', 'columns-2', 'copy', 'download',
  'ellipsis', 'eye', 'fast-forward', 'file-plus-2', 'file-text', 'filter', 'folder-input', 'folder-tree', 'git-branch', 'git-compare', 'grip-vertical',
  'history', 'hourglass', 'info', 'key-round', 'keyboard', 'layers', 'link', 'list', 'list-tree', 'loader', 'log-in', 'log-out', 'menu', 'message-square', 'message-square-warning', 'messages-square', 'monitor', 'moon',
  'panel-right', 'pause', 'pencil', 'play', 'plus', 'radio', 'rocket', 'rotate-ccw', 'rows-2', 'save', 'scroll-text', 'search', 'settings', 'shield-alert',
  'shield-check', 'shuffle', 'sliders-horizontal', 'snowflake', 'stamp', 'sun', 'tag', 'text', 'trash-2', 'triangle-alert', 'undo-2', 'upload', 'user',
  'thumbs-down', 'thumbs-up', 'user-plus', 'users', 'webhook', 'coins', 'x',
] as const;

export type IconName = (typeof icons)[number];
