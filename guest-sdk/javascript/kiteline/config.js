// Checks a configuration against its JSON Schema, and fills in defaults. It knows type, properties, required,
// additionalProperties, items, enum, minimum, maximum, minItems, minLength and default; others are for editors.

const typeOf = (value) => {
  if (value === null) return "null";
  if (Array.isArray(value)) return "array";
  return Number.isInteger(value) ? "integer" : typeof value;
};

/** The first mistake, none where there is none. */
export function check(schema, value, at) {
  const where = at ? `${at}: ` : "";
  const types = schema.type === undefined ? [] : [schema.type].flat();
  const type = typeOf(value);
  if (types.length && !types.includes(type) && !(type === "integer" && types.includes("number"))) {
    return `${where}expected ${types.join(" or ")}, not ${type}`;
  }
  if (schema.enum && !schema.enum.includes(value)) return `${where}expected one of ${schema.enum.join(", ")}`;
  if (value < schema.minimum) return `${where}expected ${schema.minimum} or more`;
  if (value > schema.maximum) return `${where}expected ${schema.maximum} or less`;
  if (value?.length < (schema.minItems ?? schema.minLength)) return `${where}expected at least ${schema.minItems ?? schema.minLength}`;
  if (type === "array" && schema.items) {
    for (const [i, item] of value.entries()) {
      const mistake = check(schema.items, item, `${at}[${i}]`);
      if (mistake) return mistake;
    }
  }
  return type === "object" ? checkObject(schema, value, at) : undefined;
}

function checkObject(schema, value, at) {
  const inside = (name) => (at ? `${at}.${name}` : name);
  const properties = schema.properties ?? {};
  for (const [name, property] of Object.entries(properties)) {
    if (value[name] === undefined && property.default !== undefined) value[name] = structuredCopy(property.default);
  }
  for (const name of schema.required ?? []) {
    if (value[name] === undefined) return `missing key \`${inside(name)}\``;
  }
  for (const [name, member] of Object.entries(value)) {
    const known = properties[name] ?? schema.additionalProperties;
    if (known === false) {
      const names = Object.keys(properties).map((each) => `\`${each}\``).join(", ");
      return `unknown key \`${inside(name)}\`, ${names ? `expected ${names}` : "there is nothing to configure"}`;
    }
    const mistake = typeof known === "object" ? check(known, member, inside(name)) : undefined;
    if (mistake) return mistake;
  }
  return undefined;
}

// Plugins may change what they are given; a default is there for the next one too.
const structuredCopy = (value) => JSON.parse(JSON.stringify(value));
