export const stockSheet: CSSStyleSheet;
export const countdownSheet: CSSStyleSheet;
