import { importTool } from "./build/toolbox.js";

const { default: js } = await importTool("@eslint/js");
const { default: typescript } = await importTool("typescript-eslint");

export default typescript.config(
  { ignores: ["types", "inventory-widget.js", "api-client.js"] },
  js.configs.recommended,
  typescript.configs.recommendedTypeChecked,
  { languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } } },
  {
    rules: {
      // JSON and the API's messages are `any` in JavaScript; tsc checks what is made of them.
      "@typescript-eslint/no-unsafe-argument": "off",
      "@typescript-eslint/no-unsafe-assignment": "off",
      "@typescript-eslint/no-unsafe-call": "off",
      "@typescript-eslint/no-unsafe-member-access": "off",
      "@typescript-eslint/no-unsafe-return": "off",
      "@typescript-eslint/restrict-template-expressions": "off",
      "@typescript-eslint/no-unused-vars": ["error", { argsIgnorePattern: "^_" }],
      "no-undef": "off", // tsc knows better
      eqeqeq: "error",
    },
  },
  // node:test returns promises that it awaits itself.
  {
    files: ["tests/**"],
    rules: { "@typescript-eslint/no-floating-promises": "off", "@typescript-eslint/require-await": "off" },
  },
);
