import { TEXT_LENGTH_MAX } from "@/api/limits";
import { text } from "@/i18n/text";
import {
  hasLength,
  IDENTIFIER_LENGTH_MAX,
  isIdentifier,
  normalized,
  refusedCharacter,
} from "@/lib/identifiers/identifiers";

/** The error of an id that the user typed; undefined if the API accepts it. */
export function identifierError(typed: string): string | undefined {
  if (isIdentifier(normalized(typed))) return undefined;
  return characterError(typed) ?? text("field.invalid.identifier", { most: IDENTIFIER_LENGTH_MAX });
}

/** The error of a reference to another system, which may be left out. */
export function referenceError(typed: string): string | undefined {
  return typed.trim() === "" ? undefined : identifierError(typed);
}

/** The error of a name, a category or a note. */
export function textError(typed: string): string | undefined {
  if (!hasLength(normalized(typed), TEXT_LENGTH_MAX)) return text("field.invalid.text", { most: TEXT_LENGTH_MAX });
  return characterError(typed);
}

/** The error of a reason. */
export function reasonError(typed: string): string | undefined {
  return typed.trim() === "" ? text("field.invalid.reason") : textError(typed);
}

function characterError(typed: string): string | undefined {
  const character = refusedCharacter(normalized(typed));
  return character === null ? undefined : text("field.invalid.character", { character });
}
