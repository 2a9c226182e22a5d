/** Tells whether node_modules holds exactly what the lock file names, complete. */
export function isInstalled(root: string): boolean;

/** Writes the marker if the simulator loads. */
export function recordInstallation(root: string): boolean;
