package dev.expandcontract.liquibase;

import dev.expandcontract.operation.Attribute;
import dev.expandcontract.operation.AttributeType;
import dev.expandcontract.operation.OperationType;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The XML schema of the changes, written from the records. Values are plain strings in it, because a changelog parameter
 * may stand for any of them when the schema is looked at. SQL can be an element too: attributes lose their line breaks.
 */
final class OnlineSchema {
    private static final Set<AttributeType> SQL = Set.of(AttributeType.SQL, AttributeType.SQL_LIST);

    private OnlineSchema() {}

    static String text() {
        return """
                <?xml version="1.0" encoding="UTF-8"?>
                <!-- Written from the records of the operations; OnlineSchemaTest shows how. -->
                <xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema"
                           targetNamespace="%s" elementFormDefault="qualified">
                %s</xs:schema>
                """.formatted(
                        OnlineChange.NAMESPACE,
                        OperationType.all().stream()
                                .sorted(Comparator.comparing(OperationType::name))
                                .map(OnlineSchema::element)
                                .collect(Collectors.joining()));
    }

    private static String element(OperationType type) {
        List<Attribute> sql = type.attributes().stream()
                .filter(attribute -> SQL.contains(attribute.type()))
                .toList();
        String name = type.name();
        return """
                  <xs:element name="online%s">
                    <xs:annotation>
                      <xs:documentation>%s</xs:documentation>
                    </xs:annotation>
                    <xs:complexType>
                %s%s    </xs:complexType>
                  </xs:element>
                """.formatted(
                name.substring(0, 1).toUpperCase(java.util.Locale.ROOT) + name.substring(1),
                escaped(type.description()),
                sql.isEmpty()
                        ? ""
                        : "      <xs:all>\n%s      </xs:all>\n"
                                .formatted(
                                        sql.stream().map(OnlineSchema::nested).collect(Collectors.joining())),
                type.attributes().stream().map(OnlineSchema::attribute).collect(Collectors.joining()));
    }

    private static String nested(Attribute attribute) {
        return "        <xs:element name=\"%s\" type=\"xs:string\" minOccurs=\"0\"/>\n".formatted(attribute.name());
    }

    private static String attribute(Attribute attribute) {
        boolean isRequired = attribute.isRequired() && !SQL.contains(attribute.type());
        return """
                      <xs:attribute name="%s" type="xs:string"%s>
                        <xs:annotation>
                          <xs:documentation>%s (%s)</xs:documentation>
                        </xs:annotation>
                      </xs:attribute>
                """.formatted(
                        attribute.name(),
                        isRequired ? " use=\"required\"" : "",
                        escaped(attribute.description()),
                        escaped(attribute.type().words()));
    }

    private static String escaped(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
    }
}
