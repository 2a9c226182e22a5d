export function isBuilt(root: string): boolean;
export function recordBuild(root: string, build: () => Promise<number>): Promise<number>;
