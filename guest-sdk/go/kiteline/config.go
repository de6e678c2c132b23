package kiteline

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"reflect"
	"strings"
)

// parseConfig reads the configuration. Errors name the key, not a place in a JSON text that nobody wrote.
func parseConfig[C any](text string) (config C, err error) {
	decoder := json.NewDecoder(bytes.NewReader([]byte(text)))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&config); err != nil {
		return config, explain(err, reflect.TypeFor[C]())
	}
	if _, err := decoder.Token(); err != io.EOF {
		return config, errors.New("the configuration is more than one JSON value")
	}
	var given map[string]json.RawMessage
	if json.Unmarshal([]byte(text), &given) == nil {
		for _, key := range keysOf(reflect.TypeFor[C]()) {
			if _, found := given[key.name]; !found && key.required {
				return config, fmt.Errorf("missing key `%s`", key.name)
			}
		}
	}
	return config, nil
}

func explain(err error, config reflect.Type) error {
	var wrong *json.UnmarshalTypeError
	if errors.As(err, &wrong) && wrong.Field != "" {
		return fmt.Errorf("%s: a %s where %s is expected", wrong.Field, wrong.Value, schemaType(wrong.Type)["type"])
	}
	text := err.Error()
	if key, found := strings.CutPrefix(text, "json: unknown field "); found {
		var known []string
		for _, key := range keysOf(config) {
			known = append(known, "`"+key.name+"`")
		}
		if len(known) == 0 {
			return fmt.Errorf("unknown key %s: there is nothing to configure", key)
		}
		return fmt.Errorf("unknown key %s, expected %s", key, strings.Join(known, ", "))
	}
	return errors.New(strings.TrimPrefix(text, "json: "))
}

type key struct {
	name, doc string
	required  bool
	ty        reflect.Type
}

func keysOf(ty reflect.Type) (keys []key) {
	if ty.Kind() != reflect.Struct {
		return nil
	}
	for i := range ty.NumField() {
		field := ty.Field(i)
		name, options, _ := strings.Cut(field.Tag.Get("json"), ",")
		if !field.IsExported() || name == "-" {
			continue
		}
		if name == "" {
			name = field.Name
		}
		keys = append(keys, key{name, field.Tag.Get("doc"), !strings.Contains(options, "omitempty"), field.Type})
	}
	return keys
}

func schemaOf[C any]() string {
	schema := schemaType(reflect.TypeFor[C]())
	schema["$schema"] = "https://json-schema.org/draft/2020-12/schema"
	text, err := json.Marshal(schema)
	if err != nil {
		panic(err)
	}
	return string(text)
}

// schemaType is the JSON Schema of what encoding/json reads into a type.
func schemaType(ty reflect.Type) map[string]any {
	switch ty.Kind() {
	case reflect.Pointer:
		return schemaType(ty.Elem())
	case reflect.Bool:
		return map[string]any{"type": "boolean"}
	case reflect.String:
		return map[string]any{"type": "string"}
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return map[string]any{"type": "integer"}
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		return map[string]any{"type": "integer", "minimum": 0}
	case reflect.Float32, reflect.Float64:
		return map[string]any{"type": "number"}
	case reflect.Slice, reflect.Array:
		return map[string]any{"type": "array", "items": schemaType(ty.Elem())}
	case reflect.Map:
		return map[string]any{"type": "object", "additionalProperties": schemaType(ty.Elem())}
	case reflect.Struct:
		properties, required := map[string]any{}, []string{}
		for _, key := range keysOf(ty) {
			property := schemaType(key.ty)
			if key.doc != "" {
				property["description"] = key.doc
			}
			properties[key.name] = property
			if key.required {
				required = append(required, key.name)
			}
		}
		return map[string]any{
			"type": "object", "properties": properties, "required": required, "additionalProperties": false,
		}
	default:
		return map[string]any{}
	}
}
