/** `healer/detectors`: the detectors, to be run on any recorded series. */
export type { Detector, Evidence, Finding, Sample } from './detector.ts';
export { type DetectorInput, DETECTORS } from './detectors.ts';
export { NO_MEMORY } from './run-memory.ts';
export { type CountLeakOptions, type CountSample, createCountLeakDetector } from './count-leak-detector.ts';
export { createForkBombDetector, type ForkBombOptions } from './fork-bomb-detector.ts';
export { createLeakDetector, type LeakOptions, type LeakSample } from './leak-detector.ts';
export { createSpikeDetector, type SpikeOptions } from './spike-detector.ts';
export { createNoveltyDetector, type NoveltyOptions } from './novelty-detector.ts';
