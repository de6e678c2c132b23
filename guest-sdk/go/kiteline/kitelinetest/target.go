package kitelinetest

func (m memory) TargetCollections() []string {
	if m.Target.Name == "" {
		return nil
	}
	return []string{m.Target.Name}
}

func (m memory) TargetFields(collection string) (names []string) {
	if collection == m.Target.Name {
		for _, field := range m.Target.Fields {
			names = append(names, field.Name)
		}
	}
	return names
}

func (m memory) field(collection, name string) Field {
	if collection == m.Target.Name {
		for _, field := range m.Target.Fields {
			if field.Name == name {
				return field
			}
		}
	}
	return Field{}
}

func (m memory) TargetText(question, collection, name string) (answer string, ok bool) {
	field := m.field(collection, name)
	switch question {
	case "field-type":
		answer = field.Type
	case "element-type":
		answer = field.ElementType
	case "primary-key":
		answer = m.of(collection).PrimaryKey
	case "partition-key":
		answer = m.of(collection).PartitionKey
	}
	return answer, answer != ""
}

func (m memory) TargetNumber(question, collection, name string) (answer uint32, ok bool) {
	field := m.field(collection, name)
	switch question {
	case "dim":
		answer = field.Dim
	case "max-length":
		answer = field.MaxLength
	case "max-capacity":
		answer = field.MaxCapacity
	}
	return answer, answer != 0
}

func (m memory) TargetBool(question, collection, name string) bool {
	switch question {
	case "nullable":
		return m.field(collection, name).Nullable
	case "has-default":
		return m.field(collection, name).HasDefault
	case "auto-id":
		return m.of(collection).AutoID
	default:
		return m.of(collection).Dynamic
	}
}

func (m memory) of(collection string) Collection {
	if collection == m.Target.Name {
		return m.Target
	}
	return Collection{}
}
