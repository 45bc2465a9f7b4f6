package dev.expandcontract.liquibase;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.xml.XMLConstants;
import javax.xml.transform.stream.StreamSource;
import javax.xml.validation.SchemaFactory;
import org.junit.jupiter.api.Test;
import org.xml.sax.SAXException;

/** The schema that editors and Liquibase read; {@code -Dxsd.write=true} writes it anew. */
class OnlineSchemaTest {
    private static final Path FILE = Path.of("src/main/resources/expandcontract.dev/schema/online.xsd");

    @Test
    void isWrittenFromTheRecords() throws IOException {
        if (Boolean.getBoolean("xsd.write")) {
            Files.createDirectories(FILE.getParent());
            Files.writeString(FILE, OnlineSchema.text());
        }
        assertThat(FILE).as("write it with -Dxsd.write=true").hasContent(OnlineSchema.text());
    }

    @Test
    void isWhereLiquibaseLooksForItsNamespace() {
        String resource = OnlineChange.NAMESPACE.replaceFirst("https?:/", "") + ".xsd";
        assertThat(getClass().getResource(resource)).isNotNull();
        assertThat(resource).isLowerCase();
    }

    @Test
    void isASchema() throws SAXException {
        SchemaFactory factory = SchemaFactory.newInstance(XMLConstants.W3C_XML_SCHEMA_NS_URI);
        assertThat(factory.newSchema(new StreamSource(new StringReader(OnlineSchema.text()))))
                .isNotNull();
    }
}
