import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.File;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.connect.data.Decimal;
import org.apache.kafka.connect.data.Field;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaAndValue;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.json.JsonConverter;

/**
 * ConnectRows BROKERS FOLDER: writes the records of FOLDER/rows.json, lists of objects by topic, by the JSON converter of
 * Kafka Connect, with their schemas. Of each value its type is what Kafka Connect has for it; a field of the form
 * {"connect": TYPE, "value": VALUE} has that type: a primitive's name, `decimal`, `array` and a primitive's, or `map` and
 * two of them. Bytes are in base64. A record with an array that Kafka Connect has no type for is written without a schema.
 */
class ConnectRows {
    static final String NAME = "[A-Za-z_][A-Za-z0-9_]*";

    public static void main(String[] arguments) throws Exception {
        JsonNode topics = new ObjectMapper().readTree(new File(arguments[1], "rows.json"));
        var converter = new JsonConverter();
        converter.configure(Map.of("schemas.enable", "true"), false);
        Map<String, Object> settings = Map.of("bootstrap.servers", arguments[0], "acks", "all");
        try (var producer = new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer())) {
            for (Map.Entry<String, JsonNode> topic : topics.properties()) {
                for (JsonNode row : topic.getValue()) {
                    SchemaAndValue typed = typed(row);
                    byte[] value = typed == null
                        ? converter.fromConnectData(topic.getKey(), null, plain(row))
                        : converter.fromConnectData(topic.getKey(), typed.schema(), typed.value());
                    producer.send(new ProducerRecord<>(topic.getKey(), new byte[0], value)).get();
                }
            }
        }
    }

    /** A value and its schema; none where there is no type for it. */
    static SchemaAndValue typed(JsonNode node) {
        if (node.isNull()) {
            return new SchemaAndValue(Schema.OPTIONAL_STRING_SCHEMA, null);
        } else if (node.isBoolean()) {
            return new SchemaAndValue(Schema.BOOLEAN_SCHEMA, node.booleanValue());
        } else if (node.isInt()) {
            return new SchemaAndValue(Schema.INT32_SCHEMA, node.intValue());
        } else if (node.isIntegralNumber()) {
            return new SchemaAndValue(Schema.INT64_SCHEMA, node.longValue());
        } else if (node.isNumber()) {
            return new SchemaAndValue(Schema.FLOAT64_SCHEMA, node.doubleValue());
        } else if (node.isTextual()) {
            return new SchemaAndValue(Schema.STRING_SCHEMA, node.textValue());
        } else if (node.isArray()) {
            return array(node);
        } else if (node.size() == 2 && node.has("connect")) {
            return given(node.get("connect").textValue().split(" "), node.get("value"));
        }
        return node.propertyStream().allMatch(member -> member.getKey().matches(NAME)) ? struct(node) : map(node);
    }

    static SchemaAndValue struct(JsonNode node) {
        SchemaBuilder schema = SchemaBuilder.struct();
        Map<String, Object> values = new LinkedHashMap<>();
        for (Map.Entry<String, JsonNode> member : node.properties()) {
            SchemaAndValue value = typed(member.getValue());
            if (value == null) {
                return null;
            }
            schema.field(member.getKey(), value.schema());
            values.put(member.getKey(), value.value());
        }
        return new SchemaAndValue(schema.build(), put(schema.build(), values));
    }

    static Struct put(Schema schema, Map<String, Object> values) {
        Struct struct = new Struct(schema);
        for (Field field : schema.fields()) {
            struct.put(field, values.get(field.name()));
        }
        return struct;
    }

    static SchemaAndValue map(JsonNode node) {
        Map<String, Object> values = new LinkedHashMap<>();
        node.properties().forEach(member -> values.put(member.getKey(), member.getValue().doubleValue()));
        boolean numbers = node.valueStream().allMatch(JsonNode::isNumber);
        return numbers
            ? new SchemaAndValue(SchemaBuilder.map(Schema.STRING_SCHEMA, Schema.FLOAT64_SCHEMA).build(), values)
            : null;
    }

    static SchemaAndValue array(JsonNode node) {
        boolean floats = node.valueStream().allMatch(JsonNode::isNumber) && node.valueStream().anyMatch(JsonNode::isDouble);
        boolean longs = !floats && node.valueStream().allMatch(JsonNode::isIntegralNumber);
        Schema element = floats ? Schema.FLOAT64_SCHEMA : longs ? Schema.INT64_SCHEMA : null;
        List<Object> values = new ArrayList<>();
        for (JsonNode item : node) {
            if (item.isArray()) {
                return null;
            }
            SchemaAndValue value = floats ? new SchemaAndValue(element, item.doubleValue())
                : longs ? new SchemaAndValue(element, item.longValue()) : typed(item);
            if (value != null && value.value() instanceof Struct other && element != null
                && names(element).equals(names(value.schema()))) {
                // The members of the first one are those of all, in its order.
                Map<String, Object> members = new LinkedHashMap<>();
                other.schema().fields().forEach(field -> members.put(field.name(), other.get(field)));
                value = new SchemaAndValue(element, put(element, members));
            }
            if (value == null || value.value() == null || element != null && !element.equals(value.schema())) {
                return null;
            }
            element = value.schema();
            values.add(value.value());
        }
        return new SchemaAndValue(SchemaBuilder.array(element == null ? Schema.STRING_SCHEMA : element).build(), values);
    }

    static List<String> names(Schema schema) {
        return schema.type() == Schema.Type.STRUCT ? schema.fields().stream().map(Field::name).sorted().toList() : List.of();
    }

    static SchemaAndValue given(String[] type, JsonNode node) {
        switch (type[0]) {
            case "array": {
                List<Object> values = new ArrayList<>();
                node.forEach(item -> values.add(primitive(type[1], item)));
                return new SchemaAndValue(SchemaBuilder.array(schema(type[1])).build(), values);
            }
            case "map": {
                Map<Object, Object> values = new LinkedHashMap<>();
                node.properties().forEach(member ->
                    values.put(key(type[1], member.getKey()), primitive(type[2], member.getValue())));
                return new SchemaAndValue(SchemaBuilder.map(schema(type[1]), schema(type[2])).build(), values);
            }
            case "decimal": {
                BigDecimal value = new BigDecimal(node.textValue());
                return new SchemaAndValue(Decimal.schema(value.scale()), value);
            }
            default:
                return new SchemaAndValue(schema(type[0]), primitive(type[0], node));
        }
    }

    static Schema schema(String type) {
        return new SchemaBuilder(Schema.Type.valueOf(type.toUpperCase())).build();
    }

    static Object key(String type, String text) {
        return type.equals("string") ? text : primitive(type, new ObjectMapper().getNodeFactory().numberNode(Long.parseLong(text)));
    }

    static Object primitive(String type, JsonNode node) {
        return switch (type) {
            case "int8" -> (byte) node.intValue();
            case "int16" -> (short) node.intValue();
            case "int32" -> node.intValue();
            case "int64" -> node.longValue();
            case "float32" -> node.floatValue();
            case "float64" -> node.doubleValue();
            case "boolean" -> node.booleanValue();
            case "string" -> node.textValue();
            case "bytes" -> Base64.getDecoder().decode(node.textValue().getBytes(StandardCharsets.US_ASCII));
            default -> throw new IllegalArgumentException(type);
        };
    }

    /** What Kafka Connect takes without a schema. */
    static Object plain(JsonNode node) {
        return new ObjectMapper().convertValue(node, Object.class);
    }
}
