import type { LessonStepView, LessonView } from '../../src/protocol/lesson-view';

/** The step that has just been taken, if one has: what it shows is shown once, and can then be changed by hand. */
export function newStep(
  old: LessonView | undefined,
  next: LessonView | undefined,
): LessonStepView | undefined {
  return old?.title === next?.title && old?.at === next?.at ? undefined : next?.steps[next.at];
}

/** A picture that is brought into view comes to stand below the card, not under it. */
export function measureLesson(root: HTMLElement): void {
  const card = root.querySelector<HTMLElement>('.lesson');
  document.documentElement.style.setProperty('--lesson-height', `${(card?.offsetHeight ?? 0) + 8}px`);
}
