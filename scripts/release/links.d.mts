export function deadLinks(text: string, file: string): string[];
